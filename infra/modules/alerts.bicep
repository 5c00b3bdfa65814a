import * as types from '../types.bicep'

@description('The short name of the installation.')
param name string

param location string

param tags { *: string }

@description('The e-mail addresses that receive alerts. If the list is empty, alerts are visible only in the portal.')
param emails string[]

param budget types.budget

@description('The names of the queues to monitor. The Functions host moves a message that fails repeatedly to the queue <name>-poison.')
param queues string[]

@description('The resource id of the Log Analytics workspace that contains the telemetry.')
param workspaceId string

@description('The resource id of the Cosmos DB account; empty if there is none.')
param databaseId string

@description('The resource id of the Front Door profile; empty if there is none.')
param frontDoorId string

@description('Whether Front Door sends health probes to its origins.')
param probed bool

// A notification needs a recipient.
var budgetRecipients = { contactEmails: emails, contactRoles: empty(emails) ? ['Owner'] : [] }

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

// A budget only sends e-mails. It does not stop any resource. Budgets have no tags.
resource costs 'Microsoft.Consumption/budgets@2024-08-01' = if (budget.amount > 0 && !empty(budget.start)) {
  name: 'budget-${name}'
  properties: {
    category: 'Cost'
    amount: budget.amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: budget.start }
    notifications: {
      spent: union(budgetRecipients, { enabled: true, operator: 'GreaterThanOrEqualTo', threshold: 80, thresholdType: 'Actual' })
      forecast: union(budgetRecipients, { enabled: true, operator: 'GreaterThan', threshold: 100, thresholdType: 'Forecasted' })
    }
  }
}

type logAlert = {
  name: string
  description: string
  severity: 0 | 1 | 2 | 3
  @description('The query that raises the alert. It returns a row for each failure, and no rows when there is no failure.')
  query: string
  window: 'PT5M' | 'PT15M' | 'PT1H'
  frequency: 'PT5M' | 'PT15M'
}

// The alert cannot use the length of a poison queue. Azure Storage measures the length only per account and once a day, and a function
// empties each poison queue immediately. The alert reads the storage logs instead, which record each message that the host puts into a
// poison queue.
var poisonAlerts = map(queues, queue => {
  name: 'poison-${queue}'
  description: 'Messages of queue ${queue} failed repeatedly and were moved to ${queue}-poison. See docs/operations.md, "Poison queues".'
  severity: 1
  query: replace(loadTextContent('../queries/poison-queue.kql'), 'QUEUE', queue)
  window: 'PT5M'
  frequency: 'PT5M'
})

var logAlerts logAlert[] = concat(poisonAlerts, [
  {
    name: 'throttled'
    description: 'More than 5 % of the requests got a 429 response.'
    severity: 2
    query: loadTextContent('../queries/throttled-share.kql')
    window: 'PT15M'
    frequency: 'PT5M'
  }
  {
    name: 'server-errors'
    description: 'More than 1 % of the requests got a 5xx response.'
    severity: 1
    query: loadTextContent('../queries/server-error-share.kql')
    window: 'PT15M'
    frequency: 'PT5M'
  }
  {
    name: 'cold-starts'
    description: 'The slowest 5 % of the cold starts took more than 3 seconds from the start of the process until the host received its list of functions.'
    severity: 3
    query: loadTextContent('../queries/cold-start-p95.kql')
    window: 'PT1H'
    frequency: 'PT15M'
  }
  {
    name: 'webhook-failures'
    description: 'More than 20 % of the webhook delivery attempts failed.'
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
      // A new workspace has none of the tables, so Azure would refuse the queries (SEM0100). A table appears with its first record. Until
      // then, a query reads only the empty table with which it forms a union.
      skipQueryValidation: true
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
    description: 'Cosmos DB throttled requests (429) because a partition received more requests than its share of the throughput allows.'
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
    description: 'Less than 90 % of Front Door\'s health probes of an origin succeeded.'
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
    description: 'More than 1 % of Front Door\'s responses to clients were 5xx, including those that Front Door itself generated.'
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
