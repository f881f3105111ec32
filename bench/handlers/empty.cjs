'use strict'

/** What any function costs: it lets everything through. */
exports.handler = async (event) => event.Records[0].cf.request
