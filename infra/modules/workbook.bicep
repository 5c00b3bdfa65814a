param name string

param location string

param tags { *: string }

@description('The resource id of the Log Analytics workspace that contains the telemetry.')
param workspaceId string

type chart = {
  title: string
  query: string
  visualization: 'timechart' | 'barchart' | 'table'
  unit: 'count' | 'percent' | 'milliseconds' | 'bytes'
}

// Workbooks identify units by numbers.
var units = { count: 17, percent: 1, milliseconds: 23, bytes: 2 }

var charts chart[] = [
  { title: 'Requests by status', query: loadTextContent('../queries/plot-requests.kql'), visualization: 'timechart', unit: 'count' }
  { title: 'Duration of requests: p50, p95, p99', query: loadTextContent('../queries/plot-durations.kql'), visualization: 'timechart', unit: 'milliseconds' }
  { title: 'Share of 429 and 5xx responses', query: loadTextContent('../queries/plot-failure-shares.kql'), visualization: 'timechart', unit: 'percent' }
  { title: 'Cold starts', query: loadTextContent('../queries/plot-cold-starts.kql'), visualization: 'barchart', unit: 'count' }
  { title: 'Time from process start to indexed functions: p50, p95', query: loadTextContent('../queries/plot-cold-start-durations.kql'), visualization: 'timechart', unit: 'milliseconds' }
  { title: 'Memory of instances', query: loadTextContent('../queries/plot-memory.kql'), visualization: 'timechart', unit: 'bytes' }
  { title: 'Messages put into queues', query: loadTextContent('../queries/plot-queues.kql'), visualization: 'timechart', unit: 'count' }
  { title: 'Webhook attempts by outcome', query: loadTextContent('../queries/plot-webhooks.kql'), visualization: 'timechart', unit: 'count' }
  { title: 'Functions with the most failures', query: loadTextContent('../queries/table-failures.kql'), visualization: 'table', unit: 'count' }
]

var content = {
  version: 'Notebook/1.0'
  items: concat(
    [
      {
        type: 9
        name: 'parameters'
        content: {
          version: 'KqlParameterItem/1.0'
          style: 'pills'
          parameters: [
            {
              id: guid('time', name)
              version: 'KqlParameterItem/1.0'
              name: 'TimeRange'
              label: 'Time'
              type: 4
              isRequired: true
              value: { durationMs: 86400000 }
              typeSettings: {
                selectableValues: [{ durationMs: 3600000 }, { durationMs: 86400000 }, { durationMs: 604800000 }, { durationMs: 2592000000 }]
              }
            }
          ]
        }
      }
    ],
    map(charts, chart => {
      type: 3
      name: chart.title
      content: {
        version: 'KqlItem/1.0'
        title: chart.title
        query: chart.query
        size: 0
        queryType: 0
        resourceType: 'microsoft.operationalinsights/workspaces'
        crossComponentResources: [workspaceId]
        timeContextFromParameter: 'TimeRange'
        visualization: chart.visualization
        chartSettings: { ySettings: { numberFormatSettings: { unit: units[chart.unit], options: { style: 'decimal' } } } }
      }
    })
  )
  fallbackResourceIds: [workspaceId]
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, name, 'workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'ServerlessScale ${name}'
    category: 'workbook'
    sourceId: workspaceId
    version: '1.0'
    serializedData: string(content)
  }
}
