@minLength(3)
@maxLength(60)
param name string

param location string

param tags { *: string }

param sku 'Balanced_B0' | 'Balanced_B1' | 'Balanced_B3' | 'Balanced_B5'

param highAvailability bool

@description('The id of the principal that may read and write the data.')
param principalId string

param publicNetwork bool

@description('The resource id of the Log Analytics workspace that receives diagnostics.')
param workspaceId string

resource cluster 'Microsoft.Cache/redisEnterprise@2025-07-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: sku }
  properties: {
    highAvailability: highAvailability ? 'Enabled' : 'Disabled'
    minimumTlsVersion: '1.2'
    publicNetworkAccess: publicNetwork ? 'Enabled' : 'Disabled'
  }

  resource database 'databases' = {
    name: 'default'
    properties: {
      accessKeysAuthentication: 'Disabled'
      clientProtocol: 'Encrypted'
      // With this policy, all nodes are reachable through one address, so clients need no support for Redis clusters.
      clusteringPolicy: 'EnterpriseCluster'
      // When the cache is full, it rejects new carts. Eviction would delete the carts of other customers instead.
      evictionPolicy: 'NoEviction'
      port: 10000
    }

    resource access 'accessPolicyAssignments' = {
      name: 'apps'
      properties: {
        accessPolicyName: 'default'
        user: { objectId: principalId }
      }
    }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: cluster
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource connections 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: cluster::database
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
  }
}

output id string = cluster.id
output endpoint string = '${cluster.properties.hostName}:${cluster::database.properties.port}'
