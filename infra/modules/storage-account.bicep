type dataRole =
  | 'Storage Blob Data Owner'
  | 'Storage Blob Data Contributor'
  | 'Storage Queue Data Contributor'
  | 'Storage Table Data Contributor'

// learn.microsoft.com/azure/role-based-access-control/built-in-roles/storage
var roleIds = {
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  'Storage Queue Data Contributor': '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  'Storage Table Data Contributor': '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

@minLength(3)
@maxLength(24)
param name string

param location string

param tags { *: string }

@description('How many copies there are, and where.')
param redundancy 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS' | 'Standard_GZRS'

@description('Principal that gets the roles on this account.')
param principalId string

@description('Resource id of the identity that the principal is; names the assignments, since it is known before anything exists.')
param identityId string

param roles dataRole[]

@description('Blob containers to create; the app makes its own others.')
param containers string[]

@description('Whether the account answers on the Internet, to identities and signed URLs only.')
param publicNetwork bool

@description('Origins whose pages may put uploads to signed URLs.')
param browserOrigins string[]

@description('Days after which a deleted blob is gone for good.')
@minValue(1)
@maxValue(365)
param deletedBlobDays int

type lifecycleRule = {
  name: string
  @description('What the blob names begin with, the container first.')
  prefix: string
  @description('Days after the last change when a blob moves to cool storage.')
  coolAfterDays: int?
  @description('Days after the last change when a blob is deleted.')
  deleteAfterDays: int?
}

param lifecycle lifecycleRule[]

@description('Where diagnostics go.')
param workspaceId string

@description('Whether every message that is put into a queue is logged.')
param logMessages bool

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    // Identities only: an account without keys cannot lose one.
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicNetwork ? 'Enabled' : 'Disabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: publicNetwork ? 'Allow' : 'Deny'
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: deletedBlobDays }
      containerDeleteRetentionPolicy: { enabled: true, days: deletedBlobDays }
      cors: {
        corsRules: empty(browserOrigins)
          ? []
          : [
              {
                allowedOrigins: browserOrigins
                allowedMethods: ['PUT']
                allowedHeaders: ['content-type', 'x-ms-blob-type']
                exposedHeaders: ['etag']
                maxAgeInSeconds: 3600
              }
            ]
      }
    }

    resource container 'containers' = [
      for container in containers: {
        name: container
        properties: { publicAccess: 'None' }
      }
    ]
  }

  resource queues 'queueServices' = {
    name: 'default'
  }

  resource tables 'tableServices' = {
    name: 'default'
  }

  resource management 'managementPolicies' = if (!empty(lifecycle)) {
    name: 'default'
    properties: {
      policy: {
        rules: [
          for rule in lifecycle: {
            name: rule.name
            type: 'Lifecycle'
            enabled: true
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: [rule.prefix] }
              actions: {
                baseBlob: {
                  tierToCool: rule.?coolAfterDays == null ? null : { daysAfterModificationGreaterThan: rule.?coolAfterDays }
                  delete: rule.?deleteAfterDays == null ? null : { daysAfterModificationGreaterThan: rule.?deleteAfterDays }
                }
              }
            }
          }
        ]
      }
    }
    dependsOn: [blobs]
  }
}

var metrics = [{ category: 'Transaction', enabled: true }]

resource accountDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account
  name: 'workspace'
  properties: { workspaceId: workspaceId, metrics: metrics }
}

resource blobDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account::blobs
  name: 'workspace'
  properties: { workspaceId: workspaceId, metrics: metrics }
}

resource queueDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account::queues
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    metrics: metrics
    logs: [{ category: 'StorageWrite', enabled: logMessages }]
  }
}

resource tableDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account::tables
  name: 'workspace'
  properties: { workspaceId: workspaceId, metrics: metrics }
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roles: {
    scope: account
    name: guid(account.id, identityId, roleIds[role])
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds[role])
    }
  }
]

output id string = account.id
output blobUri string = account.properties.primaryEndpoints.blob
output queueUri string = account.properties.primaryEndpoints.queue
output tableUri string = account.properties.primaryEndpoints.table
