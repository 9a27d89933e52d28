@{
    Severity     = @('Error', 'Warning')
    ExcludeRules = @(
        # build.ps1 and the tests talk to a person at a console.
        'PSAvoidUsingWriteHost'

        # Helpers of the tests and tasks of the build are not commands for users.
        'PSUseShouldProcessForStateChangingFunctions'

        # Neither rule follows a variable into the script blocks of Pester or into a function.
        'PSUseDeclaredVarsMoreThanAssignments'
        'PSReviewUnusedParameter'

        # UTF-8 without a mark is the rule on Linux.
        'PSUseBOMForUnicodeEncodedFile'
    )
}
