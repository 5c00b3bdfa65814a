namespace ServerlessScale.Shared;

/// <summary>
/// Marks an option for emulators and developers' machines. No deployment sets it: the tests of the infrastructure hold the template to
/// every other option, and to none of these.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DevelopmentOnlyAttribute : Attribute;
