// What a Relay application writes: pages that grow, fragments on interfaces, an object that is asked again, writes, live data.
import { graphql } from "relay-runtime";

export const item = graphql`
  fragment Stock_sku on Sku @argumentDefinitions(withUnits: { type: "Boolean", defaultValue: false }) {
    code
    name
    units @include(if: $withUnits) {
      name
    }
  }
`;

export const list = graphql`
  fragment Stock_skus on Query
  @refetchable(queryName: "StockSkusPaginationQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" }, search: { type: "String" }) {
    skus(first: $count, after: $cursor, search: $search) @connection(key: "Stock_skus", filters: ["search"]) {
      totalCount
      edges {
        node {
          id
          ...Stock_sku @arguments(withUnits: true)
        }
      }
    }
  }
`;

export const head = graphql`
  fragment Stock_document on Document {
    number
    status
    createdBy {
      name
    }
  }
`;

export const order = graphql`
  fragment Stock_order on PurchaseOrder @refetchable(queryName: "StockOrderRefetchQuery") {
    ...Stock_document
    lines {
      sku {
        ...Stock_sku
      }
      quantity
    }
  }
`;

export const page = graphql`
  query StockPageQuery($order: ID!) {
    ...Stock_skus
    node(id: $order) {
      ...Stock_order @alias(as: "order")
      ...Stock_document @alias(as: "document")
    }
  }
`;

export const hold = graphql`
  mutation StockHoldSupplierMutation($input: HoldSupplierInput!) {
    holdSupplier(input: $input) {
      supplier {
        id
        onHold
      }
      userErrors {
        code
        message
        ... on InvalidInputError {
          path
        }
      }
    }
  }
`;

export const suppliers = graphql`
  query StockSuppliersQuery {
    suppliers(first: 5) @connection(key: "Stock_suppliers") {
      edges {
        node {
          id
          name
        }
      }
    }
  }
`;

export const create = graphql`
  mutation StockCreateSupplierMutation($input: CreateSupplierInput!, $connections: [ID!]!) {
    createSupplier(input: $input) {
      supplier @appendNode(connections: $connections, edgeTypeName: "SupplierEdge") {
        id
        name
      }
    }
  }
`;

export const alerts = graphql`
  subscription StockAlertsSubscription($after: String) {
    lowStockAlerts(after: $after) {
      cursor
      alert {
        id
        status
        sku {
          ...Stock_sku
        }
      }
    }
  }
`;
