/** Types of every operation that the sources hold in graphql(`…`), next to nothing else of the schema. */
export default {
  schema: "../../schema/schema.graphql",
  documents: "src/*.tsx",
  ignoreNoDocuments: true,
  generates: {
    "src/gql/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        strictScalars: true,
        scalars: { Decimal: "string", DateTime: "string", Date: "string" },
        enumsAsTypes: true,
        useTypeImports: true,
      },
    },
  },
};
