//! Joins that let others have their turn.

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::coop::CooperativeExec;

/// Gives way after some batches of a join, as the engine's readers of files do. A join makes far more rows than it reads, and
/// could not be stopped meanwhile.
#[derive(Debug)]
pub(crate) struct Yielding;

impl PhysicalOptimizerRule for Yielding {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| {
            let joins = node.children().len() > 1 && node.name().ends_with("JoinExec");
            Ok(if joins { Transformed::yes(Arc::new(CooperativeExec::new(node)) as _) } else { Transformed::no(node) })
        })
        .data()
    }

    fn name(&self) -> &str {
        "yielding joins"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
