namespace ServerlessScale.Shared;

/// <summary>
/// Marks an option that is meant only for emulators and developers' machines. The infrastructure tests check that the templates set every
/// other option and do not set any marked option.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DevelopmentOnlyAttribute : Attribute;
