import type { Command } from 'commander'
import { nearest } from '../../config/nearest.ts'
import { HELP_TOPICS } from './help-text.ts'

/** The text of `help`, `help COMMAND` or `help TOPIC`. */
export async function helpOn(program: Command, topic: string | undefined): Promise<string> {
  if (topic === undefined) return captured(program)
  if (topic === 'exit-codes') return (await import('./exit-codes-help.ts')).exitCodesHelp()
  if (topic === 'environment') return (await import('./environment-help.ts')).environmentHelp()
  const command = program.commands.find((known) => known.name() === topic)
  if (command) return captured(command)
  const topics = [...HELP_TOPICS, ...program.commands.map((known) => known.name())]
  const near = nearest(topic, topics)
  const meant = near === undefined ? `one of ${topics.join(', ')}` : near
  return program.error(`error: there is no help on '${topic}'\n(Did you mean ${meant}?)`)
}

/** With the texts before and after, which `helpInformation` leaves out. */
function captured(command: Command): string {
  let text = ''
  const before = command.configureOutput()
  command.configureOutput({ writeOut: (part) => void (text += part) })
  command.outputHelp()
  command.configureOutput(before)
  return text
}
