/** A `client_id` as Okta makes it, or as an admin has chosen it: 6 to 100 characters of ASCII. */
export const CLIENT_ID = /^[\w.~-]{6,100}$/

export const CLIENT_ID_WORDS = "a client id like 0oa1gjh63g214q0Hq0g4, from the app's General tab"
