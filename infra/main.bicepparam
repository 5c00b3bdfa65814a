using './main.bicep'

// The file that `azd up` looks for: the development installation.
extends './dev.bicepparam'
