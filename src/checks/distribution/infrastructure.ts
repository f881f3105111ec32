import type { Distribution } from '../../plan/distribution/distribution.ts'
import { namesOf } from '../../plan/names.ts'
import type { Finding } from '../../plan/types.ts'

const STACK = 'aws:cloudformation:stack-name'

/** CloudFormation puts tags on what it makes, and the CDK is CloudFormation. */
export function checkStack({ tags, id }: Distribution): Finding[] {
  const keys = Object.keys(tags).filter((key) => /^(aws:cloudformation:|aws-cdk)/.test(key))
  if (keys.length === 0) return []
  const name = tags[STACK]
  return [
    {
      code: 'cloudformation',
      severity: 'info',
      subject: name ?? '',
      message: `CloudFormation or the CDK made this distribution${name === undefined ? '' : ` (stack ${name})`}: whenever it updates the distribution it writes the function associations as well, and takes the guard off.`,
      next: `Let the stack read ${namesOf(id).versionArn}, or run apply after each deployment (docs/terraform.md).`,
    },
  ]
}

/** Terraform leaves no mark: whoever uses it must hear of it every time. */
export function checkTerraform(id: string): Finding {
  return {
    code: 'terraform',
    severity: 'info',
    subject: '',
    message:
      'Whether Terraform owns this distribution cannot be seen. If it does, its next apply takes the guard off without an error.',
    next: `Either data.aws_ssm_parameter on ${namesOf(id).versionArn} as the lambda_arn, or ignore_changes on lambda_function_association (docs/terraform.md).`,
  }
}
