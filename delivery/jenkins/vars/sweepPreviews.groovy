/**
 * Removes preview apps of closed pull requests, old ones and those above the quota, and reports orphans. Runs every
 * hour and on demand, as a separate job:
 *
 *   sweepPreviews(repositories: ['https://github.com/example/three-services'])
 *
 * repositories    URLs of the repositories. The settings of their default branches apply.
 * branch          The default branch. Default: main.
 * agent, githubApp, deployTokens    As in delivery.
 * closeToken      Lets the pull request webhook of GitHub start the job when a pull request is closed, at
 *                 <Jenkins>/generic-webhook-trigger/invoke?token=<closeToken>. Requires the plugin
 *                 generic-webhook-trigger. A call only starts the sweep; its content is not used. Default: none.
 */
def call(Map given = [:]) {
  Map settings = [
    branch: 'main', agent: 'image-builds', githubApp: 'github-app', deployTokens: 'deploy-tokens', closeToken: null,
  ]
  for (String name in given.keySet()) {
    if (name != 'repositories' && !settings.containsKey(name)) {
      error("sweepPreviews: ${name} is not a setting; use repositories, ${settings.keySet().join(', ')}")
    }
  }
  settings.putAll(given)
  if (!(settings.repositories instanceof List) || settings.repositories.isEmpty()) {
    String example = 'https://github.com/example/three-services'
    error("sweepPreviews: repositories is missing; set a list of URLs, for example ${example}")
  }

  List triggers = [cron('H * * * *')]
  if (settings.closeToken != null) {
    triggers += GenericTrigger(
      token: settings.closeToken,
      genericVariables: [[key: 'action', value: '$.action']],
      regexpFilterText: '$action',
      regexpFilterExpression: '^closed$',
      printPostContent: false,
      printContributedVariables: false
    )
  }
  properties([disableConcurrentBuilds(), buildDiscarder(logRotator(numToKeepStr: '50')), pipelineTriggers(triggers)])

  List failed = []
  node(settings.agent) {
    for (String url in settings.repositories) {
      stage(url.tokenize('/').takeRight(2).join('/')) {
        try {
          sweep(settings, url)
        } catch (problem) {
          // Continue with the next repository after a failure, but not after an abort.
          if (problem.getClass().simpleName == 'FlowInterruptedException') {
            throw problem
          }
          echo("${url}: ${problem.message}")
          failed += url
        }
      }
    }
  }
  if (failed) {
    error("sweep failed: ${failed.join(', ')}")
  }
}

private void sweep(Map settings, String url) {
  dir("sweep-${url.tokenize('/').takeRight(2).join('-')}") {
    git(url: url, branch: settings.branch, credentialsId: settings.githubApp)
    withCredentials([
      usernamePassword(
        credentialsId: settings.githubApp, usernameVariable: 'GITHUB_APP', passwordVariable: 'GITHUB_TOKEN'
      ),
      string(credentialsId: "${settings.deployTokens}-preview".toString(), variable: 'DEPLOY_TOKENS')
    ]) {
      Map swept = paasmas(['sweep'])
      for (Map orphan in swept.orphans) {
        echo("orphan ${orphan.name}: ${orphan.reason}; check it by hand")
        currentBuild.result = 'UNSTABLE'
      }
    }
  }
}
