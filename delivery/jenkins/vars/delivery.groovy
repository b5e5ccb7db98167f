import groovy.json.JsonOutput

/**
 * The delivery pipeline of a repository, called by its Jenkinsfile. `paasmas delivery decide` decides on the stages, as
 * for every CI; this library runs them.
 *
 *   delivery(test: 'npm test', acceptance: 'npm run acceptance', capacity: 'capacity/capacity.js')
 *
 * test            Unit tests; a shell command.
 * acceptance      Tests against staging; a shell command. Gets <APP>_URL in its environment.
 * capacity        A k6 script with thresholds. Gets <APP>_URL in __ENV.
 * image           Container image for test and acceptance. Default: none; they run on the agent.
 * k6              Container image of k6, with a shell. Default: none; the k6 of the agent runs.
 * submitters      Users and groups that can approve a release, separated by commas. Default: users that can build.
 * releaseHours    Time limit of the approval, in hours. Default: 72.
 * agent           Label of the build agents. Default: image-builds.
 * sandbox         Label of the agents for untrusted pull requests. Default: agent, which then requires image, because
 *                 untrusted code must not read the registry login of the agents.
 * githubApp       Id of the credential of the GitHub App. Default: github-app.
 * deployTokens    Prefix of the credential ids <deployTokens>-preview, -staging and -production. Each is a secret text
 *                 with JSON: {"app": "token"} for a hook, {"username": "...", "password": "..."} for a platform.
 *                 Default: deploy-tokens.
 * mailTo          Mail address for failures, recoveries and releases. Default: none.
 * slack           Id of a secret text with the address of a Slack webhook. Default: none.
 * testMinutes     Time limit of each test, in minutes. Default: 30.
 */
def call(Map given = [:]) {
  Map settings = checked(given)
  boolean pullRequest = env.CHANGE_ID != null
  List limits = [buildDiscarder(logRotator(numToKeepStr: '50'))]
  if (env.BRANCH_IS_PRIMARY != 'true') {
    // A new push stops the older run of a pull request. Deployments to an environment are never stopped.
    // The default branch runs builds in parallel, because a release can wait for days for its approval.
    limits.add(disableConcurrentBuilds(abortPrevious: pullRequest))
  }
  properties(limits)

  Map run = [stage: 'decide', result: 'failure']
  try {
    runStages(settings, run, pullRequest)
    run.result = 'success'
  } catch (problem) {
    if (problem.getClass().simpleName == 'FlowInterruptedException') {
      run.result = 'aborted'
    }
    throw problem
  } finally {
    if (!pullRequest && run.environment != null) {
      notifyTeam(settings, run)
    }
  }
}

private void runStages(Map settings, Map run, boolean pullRequest) {
  Map route = null
  String images = null
  node(settings.agent) {
    checkout(scm)
    stage('decide') {
      // Ask git: Jenkins can check out a merge commit that GitHub does not know.
      String commit = sh(script: 'git rev-parse HEAD', returnStdout: true, label: 'git rev-parse HEAD').trim()
      route = decide(settings, pullRequest, commit)
      echo(route.reason)
    }
    run.environment = route.environment
    if (route.credentials) {
      if ('commit' in route.stages) {
        runStage(run, 'commit') { images = commit(settings, pullRequest) }
      }
      if ('preview' in route.stages) {
        runStage(run, 'preview') { preview(settings, images) }
      }
      if ('acceptance' in route.stages) {
        // One run at a time: the tests must see one set of images.
        lock(resource: "staging of ${project()}".toString()) {
          staging(settings, run, images)
        }
      }
    }
  }
  if ('tests' in route.stages) {
    if (pullRequest && settings.image == null && settings.sandbox == settings.agent) {
      // Code on the agents can read their registry login.
      error('delivery: tests of untrusted pull requests need a container or separate agents; set image or sandbox')
    }
    node(settings.sandbox) {
      checkout(scm)
      runStage(run, 'tests') { tests(settings) }
    }
  }
  if ('manual' in route.stages) {
    // Outside of node: the approval does not occupy an agent.
    runStage(run, 'manual') {
      timeout(time: settings.releaseHours, unit: 'HOURS') {
        Map question = [message: "Release ${env.JOB_NAME} ${currentBuild.displayName} to production?", ok: 'Release']
        if (settings.submitters != null) {
          question.submitter = settings.submitters
        }
        input(question)
      }
    }
  }
  if ('release' in route.stages) {
    lock(resource: "production of ${project()}".toString()) {
      // Jenkins aborts older builds that wait here when a newer build passes.
      milestone()
      node(settings.agent) {
        // Read the last released commit inside of the lock.
        String since = checkout(scm).GIT_PREVIOUS_SUCCESSFUL_COMMIT
        runStage(run, 'release') { release(settings, run, images, since) }
      }
    }
  }
}

private Map decide(Map settings, boolean pullRequest, String commit) {
  if (!pullRequest) {
    Map push = [event: 'push', branch: env.BRANCH_NAME, primary: env.BRANCH_IS_PRIMARY == 'true']
    return paasmas(['decide', '--look-up'], [input: JsonOutput.toJson(push)])
  }
  Map change = [event: 'pull-request', number: env.CHANGE_ID as Integer, commit: commit]
  Map route = null
  // The repository comes from Jenkins: the checked-out files belong to the pull request.
  withGithub(settings) {
    route = paasmas(['decide', '--look-up', '--repository', repository()], [input: JsonOutput.toJson(change)])
  }
  return route
}

private void tests(Map settings) {
  timeout(time: settings.testMinutes, unit: 'MINUTES') {
    inContainer(settings.image, settings.test)
  }
}

/** @return The images with their digests, as JSON text for the next stages. */
private String commit(Map settings, boolean pullRequest) {
  tests(settings)
  return JsonOutput.toJson(paasmas(pullRequest ? ['build', '--preview'] : ['build']))
}

private void preview(Map settings, String images) {
  try {
    withTokens(settings, 'preview') {
      paasmas(['deploy', 'preview', '--pull-request', env.CHANGE_ID], [images: images])
    }
  } catch (problem) {
    comment(settings, images, 'failed', ['--detail', "See ${env.BUILD_URL}"])
    throw problem
  }
  comment(settings, images, 'ready', [])
}

private void comment(Map settings, String images, String state, List more) {
  withGithub(settings) {
    List target = ['--pull-request', env.CHANGE_ID, '--repository', repository()]
    paasmas(['comment'] + target + ['--commit', commitOf(images), '--state', state] + more)
  }
}

private void staging(Map settings, Map run, String images) {
  Map urls = [:]
  runStage(run, 'acceptance') {
    withTokens(settings, 'staging') {
      urls = urlVariables(paasmas(['deploy', 'staging'], [images: images]))
    }
    timeout(time: settings.testMinutes, unit: 'MINUTES') {
      inContainer(settings.image, settings.acceptance, urls, 'host')
    }
    pass(settings, 'acceptance', images)
  }
  runStage(run, 'capacity') {
    timeout(time: settings.testMinutes, unit: 'MINUTES') {
      // k6 exits with status 99 if a threshold is crossed.
      inContainer(settings.k6, "k6 run --quiet ${settings.capacity}", urls, 'host')
    }
    pass(settings, 'capacity', images)
  }
}

/** Needs the tokens, because the command reads the running apps from the target. */
private void pass(Map settings, String test, String images) {
  withTokens(settings, 'staging') {
    paasmas(['pass', test], [images: images])
  }
}

private void release(Map settings, Map run, String images, String since) {
  // Finds the tested images; does not build them again.
  String tested = images ?: JsonOutput.toJson(paasmas(['build']))
  Map released = null
  withTokens(settings, 'production') {
    released = paasmas(['promote'], [images: tested])
  }
  List range = since == null ? [] : ['--since', since]
  Map record = paasmas(['cycle-time', '--append', 'cycle-time.jsonl'] + range, [released: JsonOutput.toJson(released)])
  run.cycleSeconds = record.cycleSeconds
  archiveArtifacts(artifacts: 'cycle-time.jsonl')
  currentBuild.keepLog = true
  currentBuild.description = "released ${record.commit.take(12)}"
}

/** Runs a stage and stores its name for the notification. */
private void runStage(Map run, String name, Closure body) {
  run.stage = name
  stage(name, body)
}

private void withGithub(Map settings, Closure body) {
  List credentials = [
    usernamePassword(
      credentialsId: settings.githubApp, usernameVariable: 'GITHUB_APP', passwordVariable: 'GITHUB_TOKEN'
    )
  ]
  withCredentials(credentials, body)
}

private void withTokens(Map settings, String environment, Closure body) {
  String id = "${settings.deployTokens}-${environment}".toString()
  withCredentials([string(credentialsId: id, variable: 'DEPLOY_TOKENS')], body)
}

/** `owner/name` of the Jenkins folder with the branches of this repository. */
private String project() {
  return env.JOB_NAME.tokenize('/').dropRight(1).join('/')
}

/** `owner/name` from https://github.com/owner/name/pull/12. */
private String repository() {
  List parts = env.CHANGE_URL.tokenize('/')
  return "${parts[2]}/${parts[3]}"
}

@NonCPS
private static String commitOf(String images) {
  return new groovy.json.JsonSlurperClassic().parseText(images).commit
}

@NonCPS
private static Map urlVariables(List deployed) {
  return deployed.collectEntries { [(it.app.toUpperCase().replace('-', '_') + '_URL'): it.url] }
}

private Map checked(Map given) {
  Map settings = [
    image: null, k6: null, submitters: null, releaseHours: 72, agent: 'image-builds', sandbox: null,
    githubApp: 'github-app', deployTokens: 'deploy-tokens', mailTo: null, slack: null, testMinutes: 30,
  ]
  List needed = ['test', 'acceptance', 'capacity']
  List problems = []
  for (String name in given.keySet()) {
    if (!(name in needed) && !settings.containsKey(name)) {
      problems += "${name} is not a setting; use ${(needed + settings.keySet().toList()).join(', ')}"
    }
  }
  settings.putAll(given)
  for (String name in needed) {
    if (!(settings[name] instanceof String) || settings[name].trim() == '') {
      problems += "${name} is missing; set ${name == 'capacity' ? 'a k6 script' : 'a shell command'}"
    }
  }
  if (settings.capacity instanceof String && !(settings.capacity ==~ '[A-Za-z0-9_./-]+')) {
    problems += "capacity: ${settings.capacity} is not a path of a k6 script; use letters, digits and ._/-"
  }
  for (String name in ['releaseHours', 'testMinutes']) {
    if (!(settings[name] instanceof Integer) || settings[name] < 1) {
      problems += "${name}: ${settings[name]} is not allowed; use a whole number from 1"
    }
  }
  if (problems) {
    error("delivery: ${problems.join('\ndelivery: ')}")
  }
  settings.sandbox = settings.sandbox ?: settings.agent
  return settings
}
