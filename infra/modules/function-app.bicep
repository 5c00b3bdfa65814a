import { scale } from '../types.bicep'

@description('Name of the app, unique in the whole of Azure.')
@minLength(2)
@maxLength(60)
param name string

param location string

param tags { *: string }

@description('Resource id of the user-assigned identity that the app acts as.')
param identityId string

@description('URI of the blob container that packages are deployed to.')
param packageContainerUri string

param scaling scale

@description('RollingUpdate replaces instances in batches, and so lets requests finish; Recreate stops all of them at once.')
param siteUpdate 'RollingUpdate' | 'Recreate'

@description('App settings by name; no secrets, but references to secrets in Key Vault.')
param settings { *: string }

@description('Who may call: anyone, the Front Door of frontDoorId, or only what comes through a private endpoint, which no restriction is asked about.')
param callers 'anyone' | 'frontDoor' | 'privateEndpoint'

@description('What Front Door says in X-Azure-FDID; empty without one.')
param frontDoorId string

@description('Subnet that the app calls out from; empty for none.')
param subnetId string

@description('Where diagnostics go.')
param workspaceId string

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    outboundVnetRouting: empty(subnetId) ? null : { allTraffic: true }
    functionAppConfig: {
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUri
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        maximumInstanceCount: scaling.maximumInstances
        instanceMemoryMB: scaling.instanceMemory
        alwaysReady: scaling.alwaysReady
        triggers: { http: { perInstanceConcurrency: scaling.httpConcurrency } }
      }
      // Documented (flex-consumption-site-updates), but not yet in the types that the compiler has.
      #disable-next-line BCP037
      siteUpdateStrategy: { type: siteUpdate }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      ftpsState: 'Disabled'
      ipSecurityRestrictionsDefaultAction: callers == 'anyone' ? 'Allow' : 'Deny'
      ipSecurityRestrictions: callers != 'frontDoor'
        ? []
        : [
            {
              name: 'FrontDoor'
              description: 'Requests that came through the Front Door of this installation.'
              priority: 100
              action: 'Allow'
              tag: 'ServiceTag'
              ipAddress: 'AzureFrontDoor.Backend'
              headers: { 'x-azure-fdid': [frontDoorId] }
            }
          ]
      // Deployments come from pipelines anywhere, and need an identity with a role.
      scmIpSecurityRestrictionsUseMain: false
      scmIpSecurityRestrictionsDefaultAction: 'Allow'
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: settings
  }

  // Publishing by user name and password stays off: deployments use an identity.
  resource ftpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scmPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

resource planDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: plan
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: app
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    // The host's own words, which are all there is when the app fails before its telemetry works.
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
