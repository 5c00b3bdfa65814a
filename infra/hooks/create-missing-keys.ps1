# Puts the keys that the app signs and seals with into the vault, each only if it is not there: an old one is never replaced.
# Usage: create-missing-keys.ps1 VAULT. Needs az, signed in as somebody with the role Key Vault Secrets Officer.
param([Parameter(Mandatory)][string] $Vault)
$ErrorActionPreference = 'Stop'

function New-Key([string] $Name, [string] $Prefix) {
    az keyvault secret show --vault-name $Vault --name $Name --output none 2>$null
    if ($LASTEXITCODE -eq 0) {
        "$Name is there"
        return
    }

    # By a file, as arguments of a process can be read by others.
    $file = New-TemporaryFile
    try {
        $bytes = [System.Security.Cryptography.RandomNumberGenerator]::GetBytes(32)
        [System.IO.File]::WriteAllText($file.FullName, $Prefix + [Convert]::ToBase64String($bytes))
        az keyvault secret set --vault-name $Vault --name $Name --file $file.FullName --output none
        if ($LASTEXITCODE -ne 0) { throw "$Name could not be set." }
        "$Name is new"
    }
    finally {
        Remove-Item $file
    }
}

New-Key 'orders-cursor-key' ''
New-Key 'webhooks-encryption-key' ''
New-Key 'webhooks-signing-key' 'whsk_'
