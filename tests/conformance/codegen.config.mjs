const scalars = { Decimal: "string", DateTime: "string", Date: "string" };

export default {
  schema: "build/schema.json",
  documents: "../../schema/operations/*.graphql",
  generates: {
    "build/types.ts": { plugins: ["typescript-operations"], config: { scalars, strictScalars: true } },
  },
};
