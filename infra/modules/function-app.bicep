import { scale } from '../types.bicep'

@description('The name of the app, which must be unique in all of Azure.')
@minLength(2)
@maxLength(60)
param name string

param location string

param tags { *: string }

@description('The resource id of the app\'s user-assigned identity.')
param identityId string

@description('Whether the instances are spread over availability zones. The storage account of the host must be zone-redundant.')
param zoneRedundant bool

@description('The URI of the blob container that stores the deployed package.')
param packageContainerUri string

param scaling scale

@description('RollingUpdate, a preview, replaces instances in batches, so that running requests can finish. Recreate stops all instances at the same time.')
param siteUpdate 'RollingUpdate' | 'Recreate'

@description('The app settings by name. For secrets, they contain references to Key Vault.')
param settings { *: string }

@description('Web origins whose pages may send requests to the app (CORS).')
param browserOrigins string[]

@description('Whether pages of these origins may send cookies.')
param browserCredentials bool

@description('Who may call the app: anyone, only the Front Door profile of frontDoorId, or only callers that use a private endpoint. Access restrictions do not apply to private endpoints.')
param callers 'anyone' | 'frontDoor' | 'privateEndpoint'

@description('The id that Front Door sends in X-Azure-FDID; empty if there is no Front Door.')
param frontDoorId string

@description('The subnet of the app\'s outbound connections; empty if there is no virtual network.')
param subnetId string

@description('The resource id of the Log Analytics workspace that receives diagnostics.')
param workspaceId string

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true, zoneRedundant: zoneRedundant }
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
    // If this property had no value, Front Door's private endpoint would disable public access, also to the deployment endpoint, and
    // uploads of a package would get 403. The access restrictions below still refuse all public requests to the app itself.
    publicNetworkAccess: 'Enabled'
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
      // Azure documents this property (flex-consumption-site-updates), but the compiler's types do not yet contain it.
      #disable-next-line BCP037
      siteUpdateStrategy: { type: siteUpdate }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      ipSecurityRestrictionsDefaultAction: callers == 'anyone' ? 'Allow' : 'Deny'
      ipSecurityRestrictions: callers != 'frontDoor'
        ? []
        : [
            {
              name: 'FrontDoor'
              description: 'Requests that passed through the Front Door of this installation.'
              priority: 100
              action: 'Allow'
              tag: 'ServiceTag'
              ipAddress: 'AzureFrontDoor.Backend'
              headers: { 'x-azure-fdid': [frontDoorId] }
            }
          ]
      // The platform responds to preflight requests itself. The list is empty unless a parameter names origins, so no other site can read
      // responses.
      cors: {
        allowedOrigins: browserOrigins
        supportCredentials: browserCredentials && !empty(browserOrigins)
      }
      // Pipelines may deploy from any network, because they must authenticate with an identity that has a role.
      scmIpSecurityRestrictionsUseMain: false
      scmIpSecurityRestrictionsDefaultAction: 'Allow'
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: settings
  }

  // Publishing with a user name and a password is disabled, because deployments authenticate with an identity. The policies also disable
  // FTP. The template does not set ftpsState, because Flex Consumption refuses this property (error 51021).
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
    // This is the log of the Functions host. When the app fails before its telemetry works, no other log contains the error.
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
