@description('Short name of the installation.')
param name string

param location string

param tags { *: string }

@description('Who is told; empty for nobody, and alerts are seen in the portal only.')
param emails string[]

@description('Queues whose failed messages the host moves to <name>-poison.')
param queues string[]

@description('Resource id of the workspace that holds the telemetry.')
param workspaceId string

@description('Resource id of the Cosmos DB account; empty for none.')
param databaseId string

@description('Resource id of the Front Door profile; empty for none.')
param frontDoorId string

@description('Whether Front Door probes its origins.')
param probed bool

resource people 'Microsoft.Insights/actionGroups@2024-10-01-preview' = {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: name
    enabled: true
    emailReceivers: [
      for (email, i) in emails: {
        name: 'person${i}'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

type logAlert = {
  name: string
  description: string
  severity: 0 | 1 | 2 | 3
  @description('Gives a row for each thing that is wrong, and none when all is well.')
  query: string
  window: 'PT5M' | 'PT15M' | 'PT1H'
  frequency: 'PT5M' | 'PT15M'
}

// A queue's length is no metric of Azure Storage (there is one per account, once a day), and a function empties each poison queue
// at once. What is seen is the host's putting a message there.
var poisonAlerts = map(queues, queue => {
  name: 'poison-${queue}'
  description: 'Messages of queue ${queue} failed too often and went to ${queue}-poison. docs/operations.md, "Poison queues".'
  severity: 1
  query: replace(loadTextContent('../queries/poison-queue.kql'), 'QUEUE', queue)
  window: 'PT5M'
  frequency: 'PT5M'
})

var logAlerts logAlert[] = concat(poisonAlerts, [
  {
    name: 'throttled'
    description: 'More than 5 % of requests were answered 429.'
    severity: 2
    query: loadTextContent('../queries/throttled-share.kql')
    window: 'PT15M'
    frequency: 'PT5M'
  }
  {
    name: 'server-errors'
    description: 'More than 1 % of requests were answered 5xx.'
    severity: 1
    query: loadTextContent('../queries/server-error-share.kql')
    window: 'PT15M'
    frequency: 'PT5M'
  }
  {
    name: 'cold-starts'
    description: 'One cold start in 20 took longer than 3 seconds from process start to the host knowing the functions.'
    severity: 3
    query: loadTextContent('../queries/cold-start-p95.kql')
    window: 'PT1H'
    frequency: 'PT15M'
  }
  {
    name: 'webhook-failures'
    description: 'More than 20 % of webhook attempts failed.'
    severity: 2
    query: loadTextContent('../queries/webhook-failure-share.kql')
    window: 'PT1H'
    frequency: 'PT15M'
  }
])

resource logRules 'Microsoft.Insights/scheduledQueryRules@2025-01-01-preview' = [
  for alert in logAlerts: {
    name: 'alert-${name}-${alert.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: alert.name
      description: alert.description
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: alert.frequency
      windowSize: alert.window
      autoMitigate: true
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [people.id] }
    }
  }
]

resource databaseBusy 'Microsoft.Insights/metricAlerts@2018-03-01' = if (!empty(databaseId)) {
  name: 'alert-${name}-database-throttled'
  location: 'global'
  tags: tags
  properties: {
    description: 'Cosmos DB refused requests (429): a partition gets more than its share of the throughput.'
    severity: 2
    enabled: true
    scopes: [databaseId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'refused'
          metricNamespace: 'Microsoft.DocumentDB/databaseAccounts'
          metricName: 'TotalRequests'
          dimensions: [{ name: 'StatusCode', operator: 'Include', values: ['429'] }]
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 100
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

resource probesFail 'Microsoft.Insights/metricAlerts@2018-03-01' = if (!empty(frontDoorId) && probed) {
  name: 'alert-${name}-probes'
  location: 'global'
  tags: tags
  properties: {
    description: 'Less than 90 % of Front Door\'s probes of an origin succeeded.'
    severity: 1
    enabled: true
    scopes: [frontDoorId]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'health'
          metricNamespace: 'Microsoft.Cdn/profiles'
          metricName: 'OriginHealthPercentage'
          dimensions: [{ name: 'Origin', operator: 'Include', values: ['*'] }]
          timeAggregation: 'Average'
          operator: 'LessThan'
          threshold: 90
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

resource edgeErrors 'Microsoft.Insights/metricAlerts@2018-03-01' = if (!empty(frontDoorId)) {
  name: 'alert-${name}-edge-errors'
  location: 'global'
  tags: tags
  properties: {
    description: 'More than 1 % of the answers that clients got from Front Door were 5xx, its own included.'
    severity: 1
    enabled: true
    scopes: [frontDoorId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'errors'
          metricNamespace: 'Microsoft.Cdn/profiles'
          metricName: 'Percentage5XX'
          timeAggregation: 'Average'
          operator: 'GreaterThan'
          threshold: 1
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}
