# Creates the app's signing and encryption keys, and stores them in the vault. Existing keys are never replaced.
# Usage: create-missing-keys.ps1 VAULT. Requires az signed in with the role Key Vault Secrets Officer.
param([Parameter(Mandatory)][string] $Vault)
$ErrorActionPreference = 'Stop'
# A failed command must not raise an error of its own, because the script reads its exit code and its message.
$PSNativeCommandUseErrorActionPreference = $false

function New-Key([string] $Name, [string] $Prefix) {
    $failure = az keyvault secret show --vault-name $Vault --name $Name --output none 2>&1 | Out-String
    if ($LASTEXITCODE -eq 0) {
        "$Name already exists"
        return
    }

    # Any other failure, such as a refused connection or a missing role, says nothing about the key. A new encryption key would make the
    # stored secrets of webhook endpoints unreadable.
    if ($failure -notmatch 'SecretNotFound') {
        throw "Could not find out whether $Name exists in $Vault, so no key was created. $failure"
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
New-Key 'image-size-key' 'k1.'
