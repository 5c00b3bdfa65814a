using Microsoft.Extensions.Options;

namespace ServerlessScale.Functions.Edge;

/// <summary>The <c>Edge:*</c> settings, which describe the edge in front of the app.</summary>
internal sealed class EdgeOptions
{
    public const string Section = "Edge";

    /// <summary>
    /// The id of the Azure Front Door profile through which requests must arrive. It is the GUID that Front Door sends in
    /// <c>X-Azure-FDID</c>. If it is empty, which is the default, the app accepts requests from anywhere.
    /// </summary>
    public string FrontDoorId { get; set; } = "";
}

internal sealed class EdgeOptionsValidator : IValidateOptions<EdgeOptions>
{
    public ValidateOptionsResult Validate(string? name, EdgeOptions options) =>
        options.FrontDoorId.Length == 0 || Guid.TryParse(options.FrontDoorId, out _)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{EdgeOptions.Section}:{nameof(options.FrontDoorId)} is not a GUID.");
}
