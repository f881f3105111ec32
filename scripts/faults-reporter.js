/** A vitest reporter: command × fault × calls, how many of the runs converged, and how long they took. */
export default class FaultsReporter {
  onTestRunEnd(modules) {
    const rows = modules.flatMap((module) =>
      [...module.children.allTests()].flatMap((test) => test.meta().faults ?? []),
    )
    const commands = [...new Set(rows.map(({ command }) => command))]
    const lines = commands.flatMap((command) => {
      const own = rows.filter((row) => row.command === command)
      return [...own.map(cells), cells({ ...sum(own), kind: 'all', calls: own[0].calls })]
    })
    const total = sum(rows)
    const head = ['command', 'fault', 'calls', 'converged', 'time']
    process.stdout.write(
      `\n${table([head, ...lines, ['all', '', '', ...cells(total).slice(3)]])}\n`,
    )
  }
}

function sum(rows) {
  const add = (field) => rows.reduce((total, row) => total + row[field], 0)
  return {
    command: rows[0]?.command ?? '',
    converged: add('converged'),
    total: add('total'),
    milliseconds: add('milliseconds'),
  }
}

function cells({ command, kind, calls, converged, total, milliseconds }) {
  const time = `${(milliseconds / 1000).toFixed(1)} s`
  return [command, kind, String(calls), `${converged}/${total}`, time]
}

function table(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)))
  const text = (line) =>
    line
      .map((cell, at) => (at < 2 ? cell.padEnd(widths[at]) : cell.padStart(widths[at])))
      .join('  ')
  return lines.map((line) => text(line).trimEnd()).join('\n')
}
