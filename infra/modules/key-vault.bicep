import { vaultRetention } from '../types.bicep'

@description('The name of the vault that contains the app\'s signing and encryption keys. The template does not create the keys (see docs/operations.md).')
@minLength(3)
@maxLength(24)
param name string

param location string

param tags { *: string }

@description('The id of the principal that may read secrets.')
param principalId string

@description('The resource id of the principal\'s identity. The name of the role assignment is derived from this id, because the id is known before the deployment.')
param identityId string

@description('The object id of the person or pipeline that may create secrets; empty if nobody may create secrets.')
param writerId string

param publicNetwork bool

@description('How long a deleted vault or secret can be recovered.')
param retention vaultRetention

@description('The resource id of the Log Analytics workspace that receives diagnostics.')
param workspaceId string

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: retention.days
    // Azure refuses the value false. Without a value, purge protection is off.
    enablePurgeProtection: retention.purgeProtection ? true : null
    publicNetworkAccess: publicNetwork ? 'Enabled' : 'Disabled'
    networkAcls: {
      // App Service is a trusted Azure service, so it can resolve Key Vault references for an app outside the virtual network.
      bypass: 'AzureServices'
      defaultAction: publicNetwork ? 'Allow' : 'Deny'
    }
  }
}

// learn.microsoft.com/azure/role-based-access-control/built-in-roles/security
var secretsUser = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '4633458b-17de-408a-b874-0445c86b69e6'
)
var secretsOfficer = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
)

resource reader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, identityId, secretsUser)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

resource writer 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(writerId)) {
  scope: vault
  name: guid(vault.id, writerId, secretsOfficer)
  properties: {
    principalId: writerId
    roleDefinitionId: secretsOfficer
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = vault.id
