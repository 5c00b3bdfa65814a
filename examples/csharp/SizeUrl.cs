using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Shop;

/// <summary>
/// Signs the URLs of image sizes (docs/api.md#signed-sizes). It runs on your server, because anyone who has the key can request any size.
/// </summary>
public static class SizeUrl
{
    /// <param name="key">A key as in the setting Images:SizeKeys: an id, a dot, and the secret in base64.</param>
    /// <param name="imageId">The id of a ready image.</param>
    /// <param name="file">The size, such as <c>w400-h300-cover-x50y30-q70.webp</c>.</param>
    /// <returns>The path and the query of the URL.</returns>
    public static string Of(string key, string imageId, string file)
    {
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        var path = $"/images/{imageId}/{file}";
        var mac = HMACSHA256.HashData(Convert.FromBase64String(key[(dot + 1)..]), Encoding.UTF8.GetBytes(path));
        return $"{path}?s={key[..dot]}.{Base64Url.EncodeToString(mac)}";
    }
}
