using './main.bicep'

// `azd up` reads this file. It deploys the development installation. azure.yaml uses the same variable to select the services.
extends './dev.bicepparam'

param topology = bool(readEnvironmentVariable('SHOP_MICROSERVICES', 'false')) ? 'microservices' : 'monolith'
