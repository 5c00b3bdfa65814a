using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;

namespace ServerlessScale.Shared.Images.Uploading;

/// <summary>
/// Signs upload URLs (shared access signatures). If the storage client has an account key, as with Azurite, that key signs the URL.
/// Otherwise a user delegation key signs the URL. A managed identity may request a user delegation key if it has the Storage Blob Delegator
/// role or a blob data role on the account.
/// </summary>
public sealed class UploadUrlSigner(BlobServiceClient blobs) : IDisposable
{
    /// <summary>
    /// The time for which a user delegation key remains valid after the expiry of the URL for which it was requested. Storage permits seven
    /// days, but a shorter lifetime limits the damage from a leaked key.
    /// </summary>
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(2);

    private readonly SemaphoreSlim _renewing = new(1, 1);
    private UserDelegationKey? _key;

    /// <summary>Returns a URL that permits only creating and writing <paramref name="blob"/>, until <paramref name="expiresAt"/>.</summary>
    public async Task<Uri> SignAsync(BlobClient blob, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        var sas = new BlobSasBuilder(BlobSasPermissions.Create | BlobSasPermissions.Write, expiresAt)
        {
            BlobContainerName = blob.BlobContainerName,
            BlobName = blob.Name,
            Resource = "b",
            Protocol = blob.Uri.Scheme == Uri.UriSchemeHttps ? SasProtocol.Https : SasProtocol.HttpsAndHttp,
        };
        return blob.CanGenerateSasUri
            ? blob.GenerateSasUri(sas)
            : blob.GenerateUserDelegationSasUri(sas, await KeyAsync(expiresAt, cancellationToken));
    }

    public void Dispose() => _renewing.Dispose();

    private async Task<UserDelegationKey> KeyAsync(DateTimeOffset neededUntil, CancellationToken cancellationToken)
    {
        if (_key is { } current && current.SignedExpiresOn >= neededUntil)
        {
            return current;
        }

        await _renewing.WaitAsync(cancellationToken);
        try
        {
            if (_key is not { } renewed || renewed.SignedExpiresOn < neededUntil)
            {
                var expiresOn = neededUntil + KeyLifetime;
                renewed = await blobs.GetUserDelegationKeyAsync(
                    new BlobGetUserDelegationKeyOptions(expiresOn), cancellationToken);
                _key = renewed;
            }

            return renewed;
        }
        finally
        {
            _renewing.Release();
        }
    }
}
