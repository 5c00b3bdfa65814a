# Makes every function app of the resource group read its keys from the vault again, and waits until each reference is resolved. Without
# the refresh, an app that started before its keys existed would keep the unresolved references for up to 24 hours.
# Usage: refresh-key-references.ps1 RESOURCE_GROUP. Requires az signed in with the right to change the apps.
param([Parameter(Mandatory)][string] $Group)
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
$attempts = if ($env:ATTEMPTS) { [int] $env:ATTEMPTS } else { 20 }
$pause = if ($env:PAUSE_SECONDS) { [int] $env:PAUSE_SECONDS } else { 15 }

function Invoke-Az {
    $output = az @args
    if ($LASTEXITCODE -ne 0) { throw "az $args failed." }
    $output
}

foreach ($app in @(Invoke-Az functionapp list --resource-group $Group --query '[].id' --output tsv)) {
    $references = "$app/config/configreferences/appsettings"
    $name = $app.Split('/')[-1]
    Invoke-Az rest --method post --url "$references/refresh?api-version=2022-03-01" --output none
    for ($attempt = 1; ; $attempt++) {
        $unresolved = Invoke-Az rest --method get --url "${references}?api-version=2022-03-01" `
            --query "value[?properties.status!='Resolved'].[name, properties.status]" --output tsv
        if (-not $unresolved) { break }
        if ($attempt -ge $attempts) { throw "These references of $name are not resolved: $($unresolved -join '; ')" }
        Start-Sleep -Seconds $pause
    }
    "$name has its keys"
}
