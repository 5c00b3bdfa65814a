using './main.bicep'

// The environment decides; the values after the commas are for building and linting.
param name = readEnvironmentVariable('SERVERLESSSCALE_NAME', 'shop')
param authority = readEnvironmentVariable('SERVERLESSSCALE_AUTHORITY', 'https://login.example.com/tenant/v2.0')
param audience = readEnvironmentVariable('SERVERLESSSCALE_AUDIENCE', 'serverlessscale')
