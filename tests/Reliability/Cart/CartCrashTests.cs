namespace ServerlessScale.Tests.Reliability.Cart;

public sealed class CartCrashOnTablesTests(CartCrashCloudOnTables cloud) : CartCrashContract(cloud), IClassFixture<CartCrashCloudOnTables>;

public sealed class CartCrashOnRedisTests(CartCrashCloudOnRedis cloud) : CartCrashContract(cloud), IClassFixture<CartCrashCloudOnRedis>;
