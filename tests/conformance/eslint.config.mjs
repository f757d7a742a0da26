// graphql-eslint, everything that it knows of schemas and of Relay; each rule that is off or bent says why.
import graphql from "@graphql-eslint/eslint-plugin";

const rule = (name) => `@graphql-eslint/${name}`;

export default [
  {
    files: ["**/schema.graphql"],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: "tests/conformance/build/schema.graphql" } } },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...graphql.configs["flat/schema-all"].rules,
      ...graphql.configs["flat/schema-relay"].rules,
      // Fields stand as people read them (number, status, …) and values as things happen (draft, submitted, …).
      [rule("alphabetize")]: "off",
      // Forbids `Mutation` and `Subscription`: for read-only APIs.
      [rule("no-root-type")]: "off",
      // Its one finding is `User.username`, which is a word.
      [rule("no-typename-prefix")]: "off",
      // Short lists that belong to one object (lines, user errors) and `nodes` are plain lists; what grows is a connection.
      // A timeline's entries are no nodes, because who may read them depends on the document, nor are rows of reports,
      // which are reckoned when they are asked for; both have an id: tests/test_published_schema.py.
      [rule("relay-edge-types")]: ["error", { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false }],
      // What stands in no list needs no identity: a cache keeps it in what has it.
      [rule("strict-id-in-types")]: [
        "error",
        {
          exceptions: {
            types: [
              ...["BookDifferences", "CountProgress", "LotTrace", "PageInfo", "Scan", "SharedWarehouse", "Viewer"],
              ...["AgedDues", "CustomerExposure", "PartnerBalance", "StockAgeing", "StockTurnover", "StockValuation"],
            ],
            suffixes: ["Aggregates", "Connection", "Edge", "Error", "Event", "Numbers", "Payload", "Sums"],
          },
        },
      ],
    },
  },
];
