namespace ServerlessScale.Tests.Integration.Cart;

public sealed class CartHttpOnTablesTests(CartCloudOnTables cloud) : CartHttpContract(cloud), IClassFixture<CartCloudOnTables>;
