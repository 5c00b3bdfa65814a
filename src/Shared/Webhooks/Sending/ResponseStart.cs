using System.Text;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>The first bytes of a response's body, as text for people.</summary>
internal sealed class ResponseStart
{
    private const int MaxBytes = 1024;

    private readonly byte[] _bytes = new byte[MaxBytes];

    private int _length;

    /// <summary>The text read so far, even when <see cref="ReadAsync"/> failed half-way.</summary>
    public string Text
    {
        get
        {
            var decoder = Encoding.UTF8.GetDecoder();
            var text = new char[MaxBytes];
            // The limit may cut a character in two. Without a flush the decoder leaves that character out instead of replacing it.
            var count = decoder.GetChars(_bytes, 0, _length, text, 0, flush: _length < MaxBytes);
            return new string(text, 0, count);
        }
    }

    public async Task ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var body = await content.ReadAsStreamAsync(cancellationToken);
        while (_length < MaxBytes)
        {
            var read = await body.ReadAsync(_bytes.AsMemory(_length), cancellationToken);
            if (read == 0)
            {
                return;
            }

            _length += read;
        }
    }
}
