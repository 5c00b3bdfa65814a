import { region } from '../types.bicep'

@minLength(3)
@maxLength(44)
param name string

param location string

param tags { *: string }

@description('The first one takes writes.')
param regions region[]

@description('Request units a second that autoscale may go up to; null for serverless.')
param maximumThroughput int?

@description('Principal that may read and write items, and nothing else.')
param principalId string

@description('Resource id of the identity that the principal is; names the assignment, since it is known before anything exists.')
param identityId string

param databaseName string
param containerName string

param publicNetwork bool

@description('Where diagnostics go.')
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
    // What the order store's consistency tokens are made of.
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
          // On, without a default: items that are to expire say so.
          defaultTtl: -1
          // Listing sorts by id in one shard; everything else is a point operation, and an index that nobody uses costs with every write.
          indexingPolicy: {
            indexingMode: 'consistent'
            automatic: true
            includedPaths: [{ path: '/id/?' }, { path: '/customerId/?' }, { path: '/month/?' }]
            excludedPaths: [{ path: '/*' }]
          }
        }
      }
    }
  }

  // Built in: items and queries, but neither databases, containers nor keys.
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

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    // Not DataPlaneRequests: a record of each request would cost more than the requests.
    logs: [
      { category: 'ControlPlaneRequests', enabled: true }
      { category: 'PartitionKeyStatistics', enabled: true }
    ]
    metrics: [{ category: 'Requests', enabled: true }]
  }
}

output id string = account.id
output endpoint string = account.properties.documentEndpoint
