using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

/// <summary>
/// A certificate authority for tests. Issues one valid certificate and several invalid certificates for different host names.
/// </summary>
public sealed class ReceiverCertificates : IDisposable
{
    public const string Good = "good.example.com";

    public const string Expired = "expired.example.com";

    public const string OtherName = "other-name.example.com";

    public const string SelfSigned = "self-signed.example.com";

    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private readonly X509Certificate2 _root;

    private readonly Dictionary<string, X509Certificate2> _byName;

    public ReceiverCertificates()
    {
        var request = new CertificateRequest("CN=Test authority", _rootKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-2), DateTimeOffset.UtcNow.AddYears(1));
        _byName = new Dictionary<string, X509Certificate2>
        {
            [Good] = Issue(Good, DateTimeOffset.UtcNow.AddDays(1)),
            [Expired] = Issue(Expired, DateTimeOffset.UtcNow.AddDays(-1)),
            [OtherName] = Issue("elsewhere.example.com", DateTimeOffset.UtcNow.AddDays(1)),
            [SelfSigned] = Issue(SelfSigned, DateTimeOffset.UtcNow.AddDays(1), selfSigned: true),
        };
    }

    public X509Certificate2Collection Trusted => [_root];

    /// <exception cref="KeyNotFoundException">The TLS handshake contained no host name or an unknown host name.</exception>
    public X509Certificate2 For(string? host) => _byName[host ?? ""];

    public void Dispose()
    {
        foreach (var certificate in _byName.Values)
        {
            certificate.Dispose();
        }

        _root.Dispose();
        _rootKey.Dispose();
    }

    private X509Certificate2 Issue(string name, DateTimeOffset until, bool selfSigned = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var from = DateTimeOffset.UtcNow.AddYears(-1);
        using var bare = selfSigned
            ? request.CreateSelfSigned(from, until)
            : request.Create(_root, from, until, RandomNumberGenerator.GetBytes(8)).CopyWithPrivateKey(key);
        // On Windows, a server can use a certificate only after the certificate's key has been imported.
        return X509CertificateLoader.LoadPkcs12(bare.Export(X509ContentType.Pfx), null);
    }
}
