import groovy.json.JsonOutput

/**
 * Tells the team how a run of `delivery` ended, where that is worth telling: which runs are is decided by
 * `paasmas delivery notify`, the same for every CI.
 *
 * @param settings Those of delivery: who gets mail, and the Slack webhook.
 * @param run What came of it: result, the stage it ended in, and the cycle time of a release.
 */
def call(Map settings, Map run) {
  if (settings.mailTo == null && settings.slack == null) {
    return
  }
  try {
    Map notice = noticeOf(settings, run)
    if (notice.send && settings.mailTo != null) {
      mail(to: settings.mailTo, subject: notice.subject, body: notice.text)
    }
  } catch (problem) {
    // What came of the run is what counts, not whether anybody could be told.
    echo("nobody could be told: ${problem.message}")
  }
}

private Map noticeOf(Map settings, Map run) {
  Map end = [
    repository: env.JOB_NAME.tokenize('/').dropRight(1).join('/'),
    branch: env.BRANCH_NAME,
    result: run.result,
    previous: resultOf(currentBuild.previousBuild),
    url: env.BUILD_URL,
  ]
  if (run.result == 'failure') {
    end.stage = run.stage
  }
  if (run.cycleSeconds != null) {
    end.cycleSeconds = run.cycleSeconds
  }
  Map notice = null
  node(settings.agent) {
    if (settings.slack == null) {
      notice = paasmas(['notify'], [input: JsonOutput.toJson(end)])
    } else {
      withCredentials([string(credentialsId: settings.slack, variable: 'SLACK_WEBHOOK_URL')]) {
        notice = paasmas(['notify', '--slack'], [input: JsonOutput.toJson(end)])
      }
    }
  }
  return notice
}

@NonCPS
private static String resultOf(build) {
  Map words = [SUCCESS: 'success', UNSTABLE: 'failure', FAILURE: 'failure', ABORTED: 'aborted', NOT_BUILT: 'aborted']
  return build == null ? null : words[build.result]
}
