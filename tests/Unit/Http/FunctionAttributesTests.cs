using System.Collections.Immutable;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;

namespace ServerlessScale.Tests.Unit.Http;

public sealed class FunctionAttributesTests
{
    private readonly FunctionAttributes<RequireScopeAttribute> _scopes = new();

    [Fact]
    public void The_required_scope_of_a_function_comes_from_its_attribute()
    {
        Assert.Equal("orders.read", _scopes.Of(new Definition("Guarded"))?.Scope);
        Assert.Equal("orders.read", _scopes.Of(new Definition("Guarded"))?.Scope);
    }

    [Fact]
    public void A_function_without_a_scope_attribute_is_anonymous()
    {
        Assert.Null(_scopes.Of(new Definition("Anonymous")));
    }

    [Fact]
    public void A_function_whose_method_is_missing_causes_an_exception()
    {
        Assert.Throws<InvalidOperationException>(() => _scopes.Of(new Definition("Missing")));
    }

    private sealed class Definition(string method) : FunctionDefinition
    {
        public override ImmutableArray<FunctionParameter> Parameters => [];

        public override string PathToAssembly => typeof(ScopedFunctions).Assembly.Location;

        public override string EntryPoint => $"{typeof(ScopedFunctions).FullName}.{method}";

        public override string Id => method;

        public override string Name => method;

        public override IImmutableDictionary<string, BindingMetadata> InputBindings => ImmutableDictionary<string, BindingMetadata>.Empty;

        public override IImmutableDictionary<string, BindingMetadata> OutputBindings => ImmutableDictionary<string, BindingMetadata>.Empty;
    }
}

internal static class ScopedFunctions
{
    [RequireScope("orders.read")]
    public static void Guarded()
    {
    }

    public static void Anonymous()
    {
    }
}
