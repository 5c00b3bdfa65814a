import { region } from '../types.bicep'

@minLength(3)
@maxLength(44)
param name string

param location string

param tags { *: string }

@description('The regions of the account. The first region accepts writes.')
param regions region[]

@description('The maximum request units per second with autoscale; null for a serverless account.')
param maximumThroughput int?

@description('The id of the principal that may read and write items. The principal has no other rights.')
param principalId string

@description('The resource id of the principal\'s identity. The name of the role assignment is derived from this id, because the id is known before the deployment.')
param identityId string

param databaseName string
param containerName string
param productContainerName string

param publicNetwork bool

@description('Whether Azure refuses to delete the account.')
param locked bool

@description('The resource id of the Log Analytics workspace that receives diagnostics.')
param workspaceId string

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-10-15' = {
  name: name
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    locations: [
      for (region, i) in regions: {
        locationName: region.name
        failoverPriority: i
        isZoneRedundant: region.zoneRedundant
      }
    ]
    enableAutomaticFailover: length(regions) > 1
    enableMultipleWriteLocations: false
    // The order store's consistency tokens contain Cosmos DB session tokens, which require session consistency.
    consistencyPolicy: { defaultConsistencyLevel: 'Session' }
    capabilities: maximumThroughput == null ? [{ name: 'EnableServerless' }] : []
    backupPolicy: {
      type: 'Continuous'
      continuousModeProperties: { tier: 'Continuous30Days' }
    }
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    publicNetworkAccess: publicNetwork ? 'Enabled' : 'Disabled'
    networkAclBypass: 'None'
  }

  resource database 'sqlDatabases' = {
    name: databaseName
    properties: { resource: { id: databaseName } }

    resource container 'containers' = {
      name: containerName
      properties: {
        options: maximumThroughput == null ? {} : { autoscaleSettings: { maxThroughput: maximumThroughput! } }
        resource: {
          id: containerName
          partitionKey: {
            kind: 'MultiHash'
            version: 2
            paths: ['/customerId', '/month']
          }
          // -1 enables expiry without a default lifetime. Only items with their own ttl expire.
          defaultTtl: -1
          // Only three paths are indexed, because a listing filters by customer and month and sorts by id, and all other operations
          // address a single item. An unused index would make every write more expensive.
          indexingPolicy: {
            indexingMode: 'consistent'
            automatic: true
            includedPaths: [{ path: '/id/?' }, { path: '/customerId/?' }, { path: '/month/?' }]
            excludedPaths: [{ path: '/*' }]
          }
        }
      }
    }

    // Each product is a logical partition of its own, so that reads of the catalogue are spread over all physical partitions. The two
    // containers do not share their throughput, so that a sale that changes many prices does not slow down orders.
    resource products 'containers' = {
      name: productContainerName
      properties: {
        options: maximumThroughput == null ? {} : { autoscaleSettings: { maxThroughput: 1000 } }
        resource: {
          id: productContainerName
          partitionKey: {
            kind: 'Hash'
            version: 2
            paths: ['/id']
          }
          // The only query is the listing, which uses only the id.
          indexingPolicy: {
            indexingMode: 'consistent'
            automatic: true
            includedPaths: [{ path: '/id/?' }]
            excludedPaths: [{ path: '/*' }]
          }
        }
      }
    }
  }

  // The built-in role Data Contributor allows access to items and queries, but not to databases, containers or keys.
  resource dataContributor 'sqlRoleDefinitions' existing = {
    name: '00000000-0000-0000-0000-000000000002'
  }

  resource assignment 'sqlRoleAssignments' = {
    name: guid(account.id, identityId, dataContributor.id)
    properties: {
      principalId: principalId
      roleDefinitionId: dataContributor.id
      scope: account.id
    }
  }
}

// A deployment, az or the portal cannot delete the account by mistake. To delete the account, an operator must first delete the lock. The lock does
// not protect the data in the account.
resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (locked) {
  scope: account
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
    notes: 'The account contains the data of the shop. See docs/operations.md, "Delete prod".'
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    // The log DataPlaneRequests is off, because a log record per request would cost more than the request itself.
    logs: [
      { category: 'ControlPlaneRequests', enabled: true }
      { category: 'PartitionKeyStatistics', enabled: true }
    ]
    metrics: [{ category: 'Requests', enabled: true }]
  }
}

output id string = account.id
output endpoint string = account.properties.documentEndpoint
