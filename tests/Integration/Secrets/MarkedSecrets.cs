using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace ServerlessScale.Tests.Integration.Secrets;

/// <summary>A secret that a test has given to the shop or has got from it.</summary>
/// <param name="Name">The name in the report of a leak.</param>
/// <param name="Value">The characters that must not occur. For an encoded key, without its prefix.</param>
/// <param name="Owner">The customer who may get the secret in a response; null if nobody may.</param>
internal sealed record MarkedSecret(string Name, string Value, string? Owner = null)
{
    /// <summary>Whether the shop stores the secret as plain text, as docs/operations.md says.</summary>
    public bool IsStored { get; init; }

    /// <summary>Returns the secret as it is, and as it looks in a URL, in JSON, in base64, in base64url and in hexadecimal digits.</summary>
    public IReadOnlySet<string> Forms()
    {
        var forms = new HashSet<string>(StringComparer.Ordinal)
        {
            Value, Uri.EscapeDataString(Value), JsonSerializer.Serialize(Value)[1..^1], Uri.UnescapeDataString(Value),
        };
        AddEncodings(forms, Encoding.UTF8.GetBytes(Value));

        // A key in base64 is also a secret as bytes.
        if (Value.Length % 4 == 0 && Base64.IsValid(Value))
        {
            AddEncodings(forms, Convert.FromBase64String(Value));
        }
        else if (Base64Url.IsValid(Value))
        {
            AddEncodings(forms, Base64Url.DecodeFromChars(Value));
        }

        return forms;
    }

    private static void AddEncodings(HashSet<string> forms, byte[] bytes)
    {
        forms.Add(Convert.ToHexString(bytes));
        forms.Add(Convert.ToHexStringLower(bytes));

        // If the secret is a part of an encoded text, its characters depend on the number of bytes before it. The first and the last
        // characters also depend on the bytes around it, so they are omitted.
        for (var before = 0; before < 3; before++)
        {
            var text = Convert.ToBase64String([.. new byte[before], .. bytes]).TrimEnd('=');
            var core = text[(before == 0 ? 0 : before + 1)..^((before + bytes.Length) % 3 == 0 ? 0 : 1)];
            forms.Add(core);
            forms.Add(core.Replace('+', '-').Replace('/', '_'));
        }
    }
}

/// <summary>Searches texts for secrets.</summary>
internal sealed class MarkedSecrets
{
    private readonly List<MarkedSecret> _secrets = [];

    public void Add(MarkedSecret secret)
    {
        // The search would find a shorter text by chance.
        Assert.True(secret.Value.Length >= 16, $"{secret.Name} is too short.");
        lock (_secrets)
        {
            _secrets.Add(secret);
        }
    }

    /// <summary>Fails the test if a text contains a secret.</summary>
    /// <inheritdoc cref="FindIn"/>
    public void AssertNotIn(IEnumerable<(string Place, string Text)> texts, Func<MarkedSecret, bool>? isForbidden = null)
    {
        var leaks = FindIn(texts, isForbidden);
        Assert.True(leaks.Count == 0, string.Join(Environment.NewLine, leaks));
    }

    /// <param name="texts">The texts, each with the name of the place where it was found.</param>
    /// <param name="isForbidden">Whether the secret must not occur in these texts.</param>
    /// <returns>A description of each leak, at most one for each secret and place.</returns>
    public IReadOnlyList<string> FindIn(IEnumerable<(string Place, string Text)> texts, Func<MarkedSecret, bool>? isForbidden = null)
    {
        var forms = _secrets
            .Where(secret => isForbidden?.Invoke(secret) ?? true)
            .SelectMany(secret => secret.Forms().Select(form => (Form: form, secret.Name)))
            .DistinctBy(pair => pair.Form)
            .ToDictionary(pair => pair.Form, pair => pair.Name);
        var values = SearchValues.Create([.. forms.Keys], StringComparison.Ordinal);
        return
        [
            .. from text in texts
               where text.Text.AsSpan().ContainsAny(values)
               from form in forms
               let at = text.Text.IndexOf(form.Key, StringComparison.Ordinal)
               where at >= 0
               group text.Text[Math.Max(0, at - 100)..Math.Min(text.Text.Length, at + 100)] by $"{form.Value} in {text.Place}" into leak
               select $"{leak.Key}: ...{leak.First()}...",
        ];
    }
}
