namespace ServerlessScale.Shared;

/// <summary>
/// Marks an option that is for emulators and developers' machines. Tests of the infrastructure check that the templates set no such
/// option, and that they cover every other option.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DevelopmentOnlyAttribute : Attribute;
