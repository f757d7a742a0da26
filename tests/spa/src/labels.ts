/** What people read for the values of enums: `jxc schema --format labels` says it. */
import labels from "./gql/labels.json";

/** Such as 草稿 for the status DRAFT of a document. */
export function label<Name extends keyof typeof labels>(name: Name, value: keyof (typeof labels)[Name]): string {
  return (labels[name][value] as { "zh-CN": string })["zh-CN"];
}
