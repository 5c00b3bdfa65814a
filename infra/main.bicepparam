using './main.bicep'

// `azd up` reads this file. It deploys the development installation.
extends './dev.bicepparam'
