using Microsoft.Extensions.Options;

namespace ServerlessScale.Functions.Edge;

internal sealed class EdgeOptionsValidator : IValidateOptions<EdgeOptions>
{
    public ValidateOptionsResult Validate(string? name, EdgeOptions options) =>
        options.FrontDoorId.Length == 0 || Guid.TryParse(options.FrontDoorId, out _)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{EdgeOptions.Section}:{nameof(options.FrontDoorId)} is not a GUID: '{options.FrontDoorId}'.");
}
