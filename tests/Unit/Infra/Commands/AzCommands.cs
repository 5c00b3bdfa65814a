namespace ServerlessScale.Tests.Unit.Infra.Commands;

/// <summary>
/// The commands of az that the project uses, with their options from the reference (learn.microsoft.com/cli/azure). An exclamation mark
/// follows a required option. A slash separates the names of an option.
/// </summary>
internal static class AzCommands
{
    private static readonly string[] Global = ["--output/-o", "--query", "--subscription"];

    private static readonly Dictionary<string, string> Commands = new()
    {
        ["ad app create"] = "--display-name! --sign-in-audience --identifier-uris",
        ["ad app federated-credential create"] = "--id! --parameters!",
        ["ad app update"] = "--id! --set --identifier-uris",
        ["ad signed-in-user show"] = "",
        ["ad sp create"] = "--id!",
        ["afd endpoint purge"] = "--content-paths! --resource-group/-g! --profile-name! --endpoint-name! --domains --no-wait",
        ["cosmosdb restore"] =
            "--account-name/-a! --location/-l! --resource-group/-g! --restore-timestamp/-t! --target-database-account-name/-n! "
            + "--databases-to-restore",
        ["cosmosdb sql container restore"] =
            "--account-name/-a! --database-name/-d! --name/-n! --resource-group/-g! --restore-timestamp/-t",
        ["cosmosdb sql role assignment create"] =
            "--account-name/-a! --principal-id/-p! --resource-group/-g! --scope/-s! --role-definition-id/-d --role-definition-name",
        ["deployment group create"] = "--resource-group/-g! --name/-n --parameters/-p --template-file/-f --mode",
        ["deployment group show"] = "--resource-group/-g! --name/-n!",
        ["deployment group what-if"] = "--resource-group/-g! --name/-n --parameters/-p --template-file/-f --mode",
        ["functionapp config appsettings set"] = "--name/-n! --resource-group/-g! --settings --slot",
        ["functionapp deployment source config-zip"] = "--name/-n! --resource-group/-g! --src! --build-remote --timeout/-t --slot",
        ["functionapp list"] = "--resource-group/-g",
        ["functionapp show"] = "--name/-n! --resource-group/-g! --slot",
        ["group create"] = "--location/-l! --name/--resource-group/-n/-g! --tags",
        ["group show"] = "--name/--resource-group/-n/-g!",
        ["identity show"] = "--name/-n! --resource-group/-g!",
        ["keyvault recover"] = "--name/-n! --location/-l --resource-group/-g",
        ["keyvault secret download"] = "--file/-f! --name/-n! --vault-name! --encoding/-e --version/-v --overwrite",
        ["keyvault secret set"] = "--name/-n! --vault-name! --file/-f --value --encoding/-e",
        ["keyvault secret show"] = "--name/-n! --vault-name! --version/-v",
        ["login"] = "--tenant/-t --use-device-code --identity",
        ["monitor app-insights workbook list"] = "--category! --resource-group/-g",
        ["monitor log-analytics query"] = "--analytics-query! --workspace/-w! --timespan/-t",
        ["monitor log-analytics workspace show"] = "--workspace-name/--name/-n! --resource-group/-g!",
        ["monitor metrics alert list"] = "--resource-group/-g",
        ["monitor scheduled-query list"] = "--resource-group/-g",
        ["network private-endpoint-connection approve"] = "--id! --description",
        ["network private-endpoint-connection list"] = "--id!",
        ["provider register"] = "--namespace/-n! --wait --consent-to-permissions",
        ["resource update"] = "--ids! --set! --api-version",
        ["rest"] = "--url/--uri/-u! --method/-m --body/-b --headers",
        ["lock delete"] = "--ids --name/-n --resource-group/-g",
        ["lock list"] = "--resource-group/-g --resource --namespace --resource-type",
        ["role definition create"] = "--role-definition!",
        ["role assignment create"] =
            "--role! --scope! --assignee --assignee-object-id --assignee-principal-type --description/-d",
        ["storage account list"] = "--resource-group/-g",
        ["storage message delete"] = "--id! --pop-receipt! --queue-name/-q! --account-name --auth-mode",
        ["storage message get"] = "--queue-name/-q! --account-name --auth-mode --num-messages --visibility-timeout",
        ["storage message peek"] = "--queue-name/-q! --account-name --auth-mode --num-messages",
        ["storage message put"] = "--content! --queue-name/-q! --account-name --auth-mode --time-to-live --visibility-timeout",
        ["vm create"] =
            "--name/-n! --resource-group/-g! --image --vnet-name --subnet --nsg --generate-ssh-keys --public-ip-address --size",
    };

    /// <summary>Returns the command of a call, such as <c>keyvault secret set</c>, and what is wrong with its arguments.</summary>
    public static (string Command, IReadOnlyList<string> Problems) Check(string[] call)
    {
        var words = call.Skip(1).TakeWhile(argument => !argument.StartsWith('-')).ToArray();
        var command = string.Join(' ', words);
        if (!Commands.TryGetValue(command, out var documented))
        {
            return (command, [$"az {command} is not in the list of commands."]);
        }

        List<string> problems = [];
        var options = documented.Split(' ', StringSplitOptions.RemoveEmptyEntries).Concat(Global)
            .Select(option => (Names: option.TrimEnd('!').Split('/'), Required: option.EndsWith('!')))
            .ToArray();
        var used = call.Skip(1 + words.Length).ToArray();
        foreach (var option in used.Where(IsOption).Where(option => !options.Any(known => known.Names.Contains(option))))
        {
            problems.Add($"az {command} has no option {option}.");
        }

        foreach (var missing in options.Where(known => known.Required && !known.Names.Any(used.Contains)))
        {
            problems.Add($"az {command} needs {missing.Names[0]}.");
        }

        for (var i = 0; i < used.Length; i++)
        {
            // `--nsg ''` means that the machine has no security group of its own.
            if (used[i].Length == 0 && used[i - 1] != "--nsg")
            {
                problems.Add($"az {command} gets an empty {used[i - 1]}.");
            }

            if (options.Any(known => known.Required && known.Names.Contains(used[i])) && (i + 1 == used.Length || IsOption(used[i + 1])))
            {
                problems.Add($"az {command} gets {used[i]} without a value.");
            }
        }

        return (command, problems);
    }

    private static bool IsOption(string argument) => argument is ['-', not (>= '0' and <= '9'), ..];
}
