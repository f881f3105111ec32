export interface Choice<T> {
  value: T
  /** As listed. */
  name: string
  /** Shown below the list while the choice is under the cursor. */
  description?: string
  /** Why it cannot be chosen. */
  disabled?: string
  checked?: boolean
}

export interface Question {
  message: string
  /** What answers this question without a terminal, e.g. `--distribution ID`. */
  flag: string
}

export interface TextQuestion extends Question {
  /** `true`, or what is wrong with the answer. */
  validate?: (answer: string) => true | string | Promise<true | string>
}

/** Questions to the operator. Without a terminal every one of them throws `input-needed`. */
export interface Prompter {
  /** Whether a question can be asked at all. */
  readonly available: boolean
  select<T>(question: Question & { choices: Choice<T>[] }): Promise<T>
  checkbox<T>(question: Question & { choices: Choice<T>[]; required?: boolean }): Promise<T[]>
  input(question: TextQuestion & { default?: string }): Promise<string>
  /** Shows a mask, never the answer. */
  password(question: TextQuestion): Promise<string>
  /** The default answer is no. */
  confirm(question: Question): Promise<boolean>
}
