@description('The profile alone, since the apps must know its id before the routes can know the apps.')
param name string

param tags { *: string }

param sku 'Standard_AzureFrontDoor' | 'Premium_AzureFrontDoor'

@description('Where diagnostics go.')
param workspaceId string

resource profile 'Microsoft.Cdn/profiles@2025-12-01' = {
  name: name
  location: 'global'
  tags: tags
  sku: { name: sku }
  properties: {
    // As long as a Flex Consumption app may take to answer.
    originResponseTimeoutSeconds: 230
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: profile
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    // Not the access log: at 10 million requests a month it is the largest bill of all, and the metrics tell cache hits and failures.
    logs: [
      { category: 'FrontDoorHealthProbeLog', enabled: true }
      { category: 'FrontDoorWebApplicationFirewallLog', enabled: true }
    ]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output frontDoorId string = profile.properties.frontDoorId
