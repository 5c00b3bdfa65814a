using System.Buffers.Text;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Orders;

public sealed class OrderOptionsValidator : IValidateOptions<OrderOptions>
{
    private const int MinimumKeyBytes = 32;

    public ValidateOptionsResult Validate(string? name, OrderOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (!Enum.IsDefined(options.Store))
        {
            result.AddError("must be tables or cosmos.", Name(nameof(options.Store)));
        }

        if (KeyVaultReference.IsUnresolved(options.CursorKey))
        {
            result.AddError(KeyVaultReference.Unresolved, Name(nameof(options.CursorKey)));
        }
        else if (!Base64.IsValid(options.CursorKey, out var length) || length < MinimumKeyBytes)
        {
            result.AddError($"must be at least {MinimumKeyBytes} bytes in base64.", Name(nameof(options.CursorKey)));
        }

        if (options.CommitDeadline < TimeSpan.FromSeconds(1) || options.CommitDeadline > TimeSpan.FromMinutes(1))
        {
            result.AddError("must be between one second and one minute.", Name(nameof(options.CommitDeadline)));
        }

        if (options.IntentDelay < 1.5 * options.CommitDeadline || options.IntentDelay > TimeSpan.FromHours(1))
        {
            result.AddError(
                $"must be at least 1.5 times {nameof(options.CommitDeadline)} and at most one hour.", Name(nameof(options.IntentDelay)));
        }

        if (options.Store == DatabaseKind.Cosmos)
        {
            Check(options.Cosmos, result);
        }

        return result.Build();
    }

    private static void Check(CosmosOptions cosmos, ValidateOptionsResultBuilder result)
    {
        var section = Name(nameof(OrderOptions.Cosmos));
        if (string.IsNullOrEmpty(cosmos.Endpoint) == string.IsNullOrEmpty(cosmos.ConnectionString))
        {
            result.AddError($"must have either {nameof(cosmos.Endpoint)} or {nameof(cosmos.ConnectionString)}, not both.", section);
        }

        if (cosmos.Endpoint is { Length: > 0 } endpoint && !Uri.TryCreate(endpoint, UriKind.Absolute, out _))
        {
            result.AddError("must be an absolute URI.", $"{section}:{nameof(cosmos.Endpoint)}");
        }

        if (string.IsNullOrWhiteSpace(cosmos.Database) || string.IsNullOrWhiteSpace(cosmos.Container)
            || string.IsNullOrWhiteSpace(cosmos.ProductContainer) || cosmos.Container == cosmos.ProductContainer)
        {
            result.AddError(
                $"must have a {nameof(cosmos.Database)}, a {nameof(cosmos.Container)} and another {nameof(cosmos.ProductContainer)}.", section);
        }
    }

    private static string Name(string option) => $"{OrderOptions.Section}:{option}";
}
