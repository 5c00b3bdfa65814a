import { rules } from '../edge-rules.bicep'

@description('The name of the Front Door profile. The profile is a separate module, because the apps need its id and its routes need the apps.')
param name string

param tags { *: string }

param sku 'Standard_AzureFrontDoor' | 'Premium_AzureFrontDoor'

@description('The resource id of the Log Analytics workspace that receives diagnostics.')
param workspaceId string

resource profile 'Microsoft.Cdn/profiles@2025-12-01' = {
  name: name
  location: 'global'
  tags: tags
  sku: { name: sku }
  properties: {
    originResponseTimeoutSeconds: rules.originResponseTimeoutSeconds
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: profile
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    // The access log is off. With 10 million requests per month, it would cost more than any other resource, and the metrics already
    // show cache hits and failures.
    logs: [
      { category: 'FrontDoorHealthProbeLog', enabled: true }
      { category: 'FrontDoorWebApplicationFirewallLog', enabled: true }
    ]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output frontDoorId string = profile.properties.frontDoorId
