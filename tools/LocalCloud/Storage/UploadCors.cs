using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace ServerlessScale.Local.Storage;

/// <summary>
/// Allows pages to send uploads to Azurite (CORS), as the template does for the storage account in Azure. Every origin is allowed, because the
/// port of the page varies and a page needs a signed upload URL in any case.
/// </summary>
internal static class UploadCors
{
    public static async Task AllowAsync(string connectionString, CancellationToken cancellationToken)
    {
        var service = new BlobServiceClient(connectionString);
        // Azurite refuses properties without the sections that it has stored, so they are read first.
        BlobServiceProperties properties = await service.GetPropertiesAsync(cancellationToken);
        properties.Cors =
        [
            new BlobCorsRule
            {
                AllowedOrigins = "*",
                AllowedMethods = "PUT",
                AllowedHeaders = "content-type,x-ms-blob-type",
                ExposedHeaders = "etag",
                MaxAgeInSeconds = 3600,
            },
        ];
        await service.SetPropertiesAsync(properties, cancellationToken);
    }
}
