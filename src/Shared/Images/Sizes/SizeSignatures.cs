using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Images.Sizes;

/// <summary>Checks the signatures of URLs with the keys in <see cref="SizeOptions.SizeKeys"/>. It needs no storage.</summary>
public sealed class SizeSignatures(IOptions<SizeOptions> options)
{
    private readonly Lazy<SizeKey[]> _keys = new(() =>
        [.. options.Value.SizeKeys.Select(text => SizeKey.TryParse(text, out var key) ? key : throw new FormatException("A size key is not valid."))]);

    /// <param name="path">The path of the URL, e.g. <c>/images/{id}/w400.webp</c>.</param>
    /// <param name="signature">The query parameter <c>s</c>; null when the URL has none.</param>
    /// <returns>Null when one of the keys has signed the path; otherwise a 403 <c>size-not-signed</c> problem.</returns>
    public Problem? Check(string path, string? signature) =>
        signature is not null && _keys.Value.FirstOrDefault(key => signature.StartsWith(key.Id + ".", StringComparison.Ordinal)) is { } key
        && key.HasSigned(path, signature)
            ? null
            : ImageProblems.SizeNotSigned(hasKeys: _keys.Value.Length > 0);
}
