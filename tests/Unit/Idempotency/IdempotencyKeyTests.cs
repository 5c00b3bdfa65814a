using ServerlessScale.Shared.Idempotency;

namespace ServerlessScale.Tests.Unit.Idempotency;

public sealed class IdempotencyKeyTests
{
    [Fact]
    public void Quotes_are_not_part_of_an_idempotency_key()
    {
        var plain = IdempotencyKey.Parse(["k\"1\\"]).Value;
        var quoted = IdempotencyKey.Parse(["\"k\\\"1\\\\\""]).Value;

        Assert.NotNull(plain);
        Assert.Equal(plain, quoted);
        Assert.NotEqual(plain, IdempotencyKey.Parse(["k\"2\\"]).Value);
    }

    [Fact]
    public void An_idempotency_record_id_is_valid_in_every_store() =>
        Assert.Matches("^idem_[A-Za-z0-9_-]{43}$", IdempotencyKey.Parse(["a/b\\c#d?e%2F"]).Value!.RecordId);

    [Fact]
    public void A_missing_idempotency_key_is_rejected() => Assert.Equal("idempotency-key-missing", IdempotencyKey.Parse([]).Problem?.Code);

    [Theory]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("k\u0001")]
    [InlineData("k\u007f")]
    [InlineData("k\u00e4")]
    public void An_idempotency_key_must_consist_of_printable_ASCII_characters(string text) =>
        Assert.Equal("idempotency-key-invalid", IdempotencyKey.Parse([text]).Problem?.Code);

    [Fact]
    public void A_repeated_idempotency_key_header_is_rejected() =>
        Assert.Equal("idempotency-key-invalid", IdempotencyKey.Parse(["k1", "k1"]).Problem?.Code);

    // RFC 9110 section 5.3 allows an intermediary to combine two header lines with a comma and a space.
    [Theory]
    [InlineData("k1, k1")]
    [InlineData("k1, k2")]
    [InlineData(", k1")]
    [InlineData("k1,")]
    [InlineData("\"k1\", \"k1\"")]
    [InlineData("\"k1\", k1")]
    [InlineData("\"k1\\\", \\\"k1\\\"")]
    [InlineData("\"k1, \\k1\"")]
    public void Idempotency_Key_headers_joined_with_a_comma_are_rejected(string text)
    {
        var problem = IdempotencyKey.Parse([text]).Problem;

        Assert.Equal("idempotency-key-invalid", problem?.Code);
        Assert.Contains("more than once", problem?.Detail, StringComparison.Ordinal);
    }

    // These values are either strings as defined in RFC 9651 section 3.3.3 or have no space after the comma.
    [Theory]
    [InlineData("\"k1, k1\"")]
    [InlineData("\"k1\\\", \\\"k1\"")]
    [InlineData("\"k1\\\\, k1\"")]
    [InlineData("\"k1,\"")]
    [InlineData("k1,k1")]
    public void An_idempotency_key_with_an_unambiguous_comma_is_accepted(string text) =>
        Assert.NotNull(IdempotencyKey.Parse([text]).Value);

    [Fact]
    public void An_idempotency_key_has_at_most_255_characters()
    {
        Assert.NotNull(IdempotencyKey.Parse([new string('k', 255)]).Value);
        Assert.Equal("idempotency-key-invalid", IdempotencyKey.Parse([new string('k', 256)]).Problem?.Code);
    }

    [Fact]
    public void Clients_cannot_send_an_internal_idempotency_key()
    {
        var own = IdempotencyKey.Own("cart 1");

        Assert.Equal(own, IdempotencyKey.Own("cart 1"));
        Assert.NotEqual(own, IdempotencyKey.Own("cart 2"));
        Assert.NotEqual(own, IdempotencyKey.Parse(["cart 1"]).Value);
        Assert.NotNull(IdempotencyKey.Parse(["\0cart 1"]).Problem);
    }
}
