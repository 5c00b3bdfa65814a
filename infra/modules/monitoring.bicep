@description('The short name of the installation.')
param name string

param location string

param tags { *: string }

@description('The id of the principal that may send telemetry.')
param principalId string

@description('The resource id of the principal\'s identity. The name of the role assignment is derived from this id, because the id is known before the deployment.')
param identityId string

@description('The number of days for which logs are stored. The price of ingestion includes 31 days of storage.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('The maximum GB of logs per day. When the maximum is reached, logs are discarded until the next day. -1 means no limit.')
param dailyQuota int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'log-${name}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    features: { disableLocalAuth: true }
    workspaceCapping: { dailyQuotaGb: dailyQuota }
  }
}

// Records who ran which query on the logs.
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: workspace
  name: 'workspace'
  properties: {
    workspaceId: workspace.id
    logs: [{ categoryGroup: 'audit', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${name}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    // Only identities with a role may send telemetry, so the connection string contains no secret.
    DisableLocalAuth: true
  }
}

var monitoringMetricsPublisher = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '3913510d-42f4-4e42-8a64-420c390055eb'
)

resource publisher 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, identityId, monitoringMetricsPublisher)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: monitoringMetricsPublisher
  }
}

output workspaceId string = workspace.id
output insightsId string = insights.id
output connectionString string = insights.properties.ConnectionString
