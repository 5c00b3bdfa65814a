# Creates the app's signing and encryption keys, and stores them in the vault. Existing keys are never replaced.
# Usage: create-missing-keys.ps1 VAULT. Requires az signed in with the role Key Vault Secrets Officer.
param([Parameter(Mandatory)][string] $Vault)
$ErrorActionPreference = 'Stop'

function New-Key([string] $Name, [string] $Prefix) {
    az keyvault secret show --vault-name $Vault --name $Name --output none 2>$null
    if ($LASTEXITCODE -eq 0) {
        "$Name already exists"
        return
    }

    # The key is passed in a file, because other users of the machine can read a process's arguments.
    $file = New-TemporaryFile
    try {
        $bytes = [System.Security.Cryptography.RandomNumberGenerator]::GetBytes(32)
        [System.IO.File]::WriteAllText($file.FullName, $Prefix + [Convert]::ToBase64String($bytes))
        az keyvault secret set --vault-name $Vault --name $Name --file $file.FullName --output none
        if ($LASTEXITCODE -ne 0) { throw "Could not create $Name." }
        "Created $Name"
    }
    finally {
        Remove-Item $file
    }
}

New-Key 'orders-cursor-key' ''
New-Key 'webhooks-encryption-key' ''
New-Key 'webhooks-signing-key' 'whsk_'
