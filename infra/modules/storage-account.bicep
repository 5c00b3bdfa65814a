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

@description('The replication of the account.')
param redundancy 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS' | 'Standard_GZRS'

@description('The id of the principal that gets the roles on this account.')
param principalId string

@description('The resource id of the principal\'s identity. The names of the role assignments are derived from this id, because the id is known before the deployment.')
param identityId string

param roles dataRole[]

@description('The blob containers to create. The app itself creates further containers on first use.')
param containers string[]

@description('The queues to create. An instance polls its queues. A poll of a missing queue is a failed request, and the instance repeats it for as long as the queue is missing.')
param queues string[]

@description('Whether the account is reachable from the Internet. Even then, callers need an identity with a role, or a signed URL.')
param publicNetwork bool

@description('Web origins whose pages may send uploads to signed URLs (CORS).')
param browserOrigins string[]

@description('The number of days for which a deleted blob can be restored.')
@minValue(1)
@maxValue(365)
param deletedBlobDays int

type lifecycleRule = {
  name: string
  @description('The prefix of the blob names. It begins with the name of the container.')
  prefix: string
  @description('The number of days without a change after which a blob is moved to the cool tier.')
  coolAfterDays: int?
  @description('The number of days without a change after which a blob is deleted.')
  deleteAfterDays: int?
}

param lifecycle lifecycleRule[]

@description('Whether Azure refuses to delete the account.')
param locked bool

@description('The resource id of the Log Analytics workspace that receives diagnostics.')
param workspaceId string

@description('Whether to log every message that is put into a queue.')
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
    // Only identities may access the account. Account keys are disabled, so that none can leak.
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

  resource queueService 'queueServices' = {
    name: 'default'

    resource queue 'queues' = [
      for queue in queues: {
        name: queue
      }
    ]
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
  scope: account::queueService
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
